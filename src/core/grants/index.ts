/** The grants of the token endpoint, one row each. A new one is a file beside this one and a row. */
import type { GrantType } from './grant-type.ts'
import { TOKEN_EXCHANGE } from './token-exchange.ts'

export const GRANT_TYPES: readonly GrantType[] = [TOKEN_EXCHANGE]
