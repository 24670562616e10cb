/**
 * What this door says in public about Miniflare, without Miniflare's own types: they need Node's,
 * and who imports `edgemint/dev` may have neither.
 */

/** The limit of one rate limiter: how many requests in how many seconds. */
export type RateLimit = { readonly limit: number; readonly period: 10 | 60 }

/** The optional peer dependency `miniflare` is not installed. */
export class MiniflareMissing extends Error {
  constructor(options?: ErrorOptions) {
    super('serve needs miniflare', options)
    this.name = 'MiniflareMissing'
  }
}
