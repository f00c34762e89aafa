import { callApi } from './rest-client.ts';
import { ADMIN_PASSWORD } from './tokens.ts';

/** Signs in and returns the access token. */
export async function signIn(port: number, username = 'admin', password = ADMIN_PASSWORD): Promise<string> {
  const headers = { authorization: undefined };
  const answer = await callApi(port, 'POST', '/api/v1/auth/login', { body: { username, password }, headers });
  if (answer.status !== 200) throw new Error(`signing in was answered ${answer.status}`);
  return answer.body.accessToken as string;
}
