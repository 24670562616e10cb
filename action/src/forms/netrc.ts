/**
 * netrc, for curl, Go and others: one machine and no default, so that no other host gets the token.
 * `NETRC` is read by Go, Python's requests and curl from 8.16 on; for the rest there is the path. The
 * first entry of a machine wins, so what was in force already is taken over behind ours.
 */
import { homedir } from 'node:os'
import { join } from 'node:path'
import type { Deliver, Surroundings } from '../delivery.ts'
import type { Place } from '../place.ts'
import { readConfiguration } from '../read-configuration.ts'

export type NetrcOrder = { readonly place: Place; readonly username: string }

export function prepareNetrc(order: NetrcOrder, surroundings: Surroundings): Deliver {
  const { directory, environment } = surroundings
  const { place, username } = order
  const path = join(directory, 'netrc')
  const inForce = environment.NETRC || join(homedir(), '.netrc')
  const before = readConfiguration(inForce, environment) ?? ''
  return (token) => {
    const entry = `machine ${place.hostname}\n  login ${username}\n  password ${token}\n`
    return { files: [{ path, content: `${entry}${before}` }], variables: { NETRC: path } }
  }
}
