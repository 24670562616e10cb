/** Whether the user may do what needs a scope. The gateway decides; the console only says so before. */
import type { AdminScope } from '../../contract/admin.ts'
import type { Session } from './session.ts'

export function may({ scopes }: Session, scope: AdminScope): boolean {
  return scopes.includes(scope)
}
