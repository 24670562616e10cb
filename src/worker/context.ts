/** The types that every route shares: bindings, and what the composing middleware put in place. */
import type { Context } from 'hono'
import type { Gateway } from './compose.ts'
import type { Env } from './env.ts'

export type AppEnv = {
  Bindings: Env
  Variables: { gateway: Gateway }
}

export type AppContext = Context<AppEnv>
