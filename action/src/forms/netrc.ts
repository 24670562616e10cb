/**
 * netrc, for curl, Go and others: one machine and no default, so that no other host gets the token.
 * `NETRC` is read by Go, Python's requests and curl from 8.16 on; for the rest there is the path. The
 * first entry of a machine wins, so what was in force already is taken over behind ours.
 */
import { homedir } from 'node:os'
import { join } from 'node:path'
import type { Delivered, Delivery } from '../delivery.ts'
import type { Place } from '../place.ts'
import { readConfiguration } from '../read-configuration.ts'

export type NetrcOrder = { readonly place: Place; readonly username: string }

export function renderNetrc(order: NetrcOrder, delivered: Delivered): Delivery {
  const { token, directory, environment } = delivered
  const path = join(directory, 'netrc')
  const before = readConfiguration(environment.NETRC ?? join(homedir(), '.netrc')) ?? ''
  const entry = `machine ${order.place.hostname}\n  login ${order.username}\n  password ${token}\n`
  return { files: [{ path, content: `${entry}${before}` }], variables: { NETRC: path } }
}
