/**
 * The public types about Miniflare. They do not use Miniflare's types, which need those of Node: an
 * importer of `edgemint/dev` may have neither.
 */

/** The limit of a rate limiter: the number of requests in a period of seconds. */
export type RateLimit = { readonly limit: number; readonly period: 10 | 60 }

/** Thrown if the optional peer dependency `miniflare` is not installed. */
export class MiniflareMissing extends Error {
  constructor(options?: ErrorOptions) {
    super('serve needs miniflare', options)
    this.name = 'MiniflareMissing'
  }
}
