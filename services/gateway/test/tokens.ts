/** The admin's access token for each gateway under test, by its port: what clients show unless a test says otherwise. */
export const tokens = new Map<number, string>();

export const ADMIN_PASSWORD = 'a pass phrase for tests';
export const SECRET_KEY = Buffer.alloc(32, 5).toString('base64');
