/**
 * The grant types of the token endpoint. To add one, add a file in this folder and an element here.
 */
import type { GrantType } from './grant-type.ts'
import { TOKEN_EXCHANGE } from './token-exchange.ts'

export const GRANT_TYPES: readonly GrantType[] = [TOKEN_EXCHANGE]
