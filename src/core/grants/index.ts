/**
 * The grant types of the token endpoint. To add one, add a file in this folder and an element here.
 */
import { CLIENT_CREDENTIALS } from './client-credentials.ts'
import type { GrantType } from './grant-type.ts'
import { JWT_BEARER } from './jwt-bearer.ts'
import { TOKEN_EXCHANGE } from './token-exchange.ts'

export const GRANT_TYPES: readonly GrantType[] = [TOKEN_EXCHANGE, JWT_BEARER, CLIENT_CREDENTIALS]
