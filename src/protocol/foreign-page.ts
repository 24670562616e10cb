/**
 * Tells the requests of programs from those of pages in a browser, which say where they come from
 * (Fetch, `Origin` and `Sec-Fetch-Site`). A page may not write either header itself.
 */

export type PageHeaders = {
  readonly origin: string | null | undefined
  readonly site: string | null | undefined
}

/** Whether a page of another origin than these sent the request. */
export function isForeignPage({ origin, site }: PageHeaders, origins: readonly string[]): boolean {
  // A page's own image or form sends no origin, but still says whose it is. Another port of this
  // machine is `same-site`.
  if (origin === null || origin === undefined) {
    return site !== null && site !== undefined && site !== 'none' && site !== 'same-origin'
  }
  return !origins.includes(origin)
}
