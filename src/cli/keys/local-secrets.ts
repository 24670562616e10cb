/** The keys of a gateway that `serve` runs with a state directory, as the admin API names them. */
import type { KeyReport, KeysReport } from '../../contract/admin.ts'
import { refusal } from '../shell/failure.ts'

const LOCAL_SECRET = /^SIGNING_KEY_LOCAL(?:_(RS256|[0-9]{1,6}))?$/

/** The name of the key's file in the state directory. Undefined for the key of another gateway. */
export function findKeyFile({ secret = '' }: Pick<KeyReport, 'secret'>): string | undefined {
  const found = LOCAL_SECRET.exec(secret)
  if (found === null) return undefined
  const [, name] = found
  return name === undefined ? 'signing-key.json' : `signing-key-${name.toLowerCase()}.json`
}

/**
 * Throws a refusal if the gateway reads its keys from a state directory. Otherwise its key would be
 * stored as a secret of another deployment, that of the current folder.
 */
export function requireSecrets({ keys }: KeysReport, command: 'rotate' | 'retire'): void {
  if (!keys.some((key) => findKeyFile(key) !== undefined)) return
  throw refusal(
    'the keys of this gateway are files in its state directory, not secrets of a deployment',
    `on the machine of the gateway: npx edgemint keys ${command} --state DIR`,
  )
}
