/**
 * Detects requests from web pages of other origins. Browsers send `Origin` and `Sec-Fetch-Site`
 * (Fetch standard), and a page cannot set these headers itself. Other programs send neither.
 */

export type PageHeaders = {
  readonly origin: string | null | undefined
  readonly site: string | null | undefined
}

/** Whether a page of an origin outside this list sent the request. */
export function isForeignPage({ origin, site }: PageHeaders, origins: readonly string[]): boolean {
  // An image or a form of a page sends no `Origin`, but sends `Sec-Fetch-Site`. Another port of
  // this machine is `same-site`.
  if (origin === null || origin === undefined) {
    return site !== null && site !== undefined && site !== 'none' && site !== 'same-origin'
  }
  return !origins.includes(origin)
}
