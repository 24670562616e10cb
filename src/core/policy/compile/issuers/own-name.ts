/** The name of this gateway in `from`. No issuer of a new document may have it. */
export const OWN_ISSUER = 'self'
