/**
 * What the front of `edgemint serve --production` tells the Worker about a connection: one header,
 * which begins with a key that both have. The front makes the key at each start and removes the
 * header of a caller.
 */
export const FRONT_HEADER = 'edgemint-front'

export type FrontConnection = {
  /** The address of the client. Trusted proxies are left out. */
  readonly ip: string
  /** The version of TLS, such as `TLSv1.3`, if the front itself ended TLS. */
  readonly tls?: string
  /** The SHA-256 of a verified client certificate, in hex digits. */
  readonly certificate?: string
}

export function formatFrontHeader(key: string, connection: FrontConnection): string {
  return key + JSON.stringify(connection)
}
