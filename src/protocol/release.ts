/** The release of this package. Requests name it in `User-Agent`, and stored rows record it. */

/** The version in package.json. */
export const RELEASE = '0.2.0'
