/**
 * The replay ledger under names of its own, so that no other test has its shards. `asked` has the names
 * that were asked for.
 */
import { env } from 'cloudflare:workers'

export function ownLedger() {
  const prefix = crypto.randomUUID()
  const asked = new Set<string>()
  const getByName = (name: string) => {
    asked.add(name)
    return env.REPLAY_LEDGER.getByName(`${prefix}-${name}`)
  }
  const namespace = new Proxy(env.REPLAY_LEDGER, {
    get: (_, member) => (member === 'getByName' ? getByName : undefined),
  })
  return { bindings: { ...env, REPLAY_LEDGER: namespace }, asked }
}
