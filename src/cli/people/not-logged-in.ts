/** The failure of a command that needs a session. */
import { type CommandFailure, refusal } from '../shell/failure.ts'

export function notLoggedIn(gateway: string): CommandFailure {
  return refusal(`not logged in at ${gateway}`, `npx edgemint login --url ${gateway}`)
}
