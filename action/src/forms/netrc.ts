/**
 * netrc, for curl, Go and others: one machine and no default, so that no other host gets the token.
 * `NETRC` is read by Go, Python's requests and curl from 8.16 on; for the rest there is the path.
 */
import { join } from 'node:path'
import type { Delivered, Delivery } from '../deliveries.ts'
import type { Place } from '../place.ts'

export type NetrcOrder = { readonly place: Place; readonly username: string }

export function renderNetrc(order: NetrcOrder, { token, directory }: Delivered): Delivery {
  const path = join(directory, 'netrc')
  const content = `machine ${order.place.hostname}\n  login ${order.username}\n  password ${token}\n`
  return { files: [{ path, content }], variables: { NETRC: path } }
}
