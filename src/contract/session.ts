/** The session of a person in the console: the answer of `GET /console/session`. */
import * as z from 'zod/mini'
import { ADMIN_ROLES } from './admin.ts'

export const sessionSchema = z.object({
  /** The `sub` of the admin token. */
  subject: z.string(),
  scopes: z.array(z.string()),
  /** Absent if the scopes are those of no role. */
  role: z.optional(z.enum(Object.keys(ADMIN_ROLES) as RoleName[])),
  /** Epoch seconds. */
  expires_at: z.int(),
  /** The issuer URL of the gateway. */
  issuer: z.string(),
  release: z.string(),
})

export type Session = z.infer<typeof sessionSchema>

type RoleName = keyof typeof ADMIN_ROLES
