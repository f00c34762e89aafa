import rootPackage from '../../../package.json' with { type: 'json' };

/** The version of this installation, kept in the root package.json alone. */
export const VERSION: string = rootPackage.version;
