/** The types that every route shares: bindings, what a wrapper put in place, and routes. */
import type { Context } from 'hono'
import type { Gateway } from './compose.ts'
import type { Env } from './env.ts'

export type AppEnv = {
  Bindings: Env
  Variables: { gateway: Gateway }
}

export type AppContext = Context<AppEnv>

/** `author` is the subject of the administrator's token. */
export type AdminContext = Context<AppEnv & { Variables: AppEnv['Variables'] & { author: string } }>

export type Route = (c: AppContext) => Response | Promise<Response>
export type AdminRoute = (c: AdminContext) => Response | Promise<Response>
