/**
 * A netrc file for curl, Go and other programs. It has an entry for one machine and no default, so
 * that no other host gets the token. Go, Python's requests and curl 8.16 or later read `NETRC`; other
 * programs need the path. Programs use the first entry of a machine, so the existing entries follow.
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
