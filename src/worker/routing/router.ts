/**
 * The router of the app: the trie router of Hono, which remembers what it found for the paths without
 * parameters. Those are the paths of nearly all requests, and there are only as many as endpoints.
 */
import type { Result, Router } from 'hono/router'
import { TrieRouter } from 'hono/router/trie-router'

export class EndpointRouter<Handler> implements Router<Handler> {
  readonly name = 'EndpointRouter'
  readonly #trie = new TrieRouter<Handler>()
  readonly #fixed = new Set<string>()
  readonly #found = new Map<string, Map<string, Result<Handler>>>()

  add(method: string, path: string, handler: Handler): void {
    this.#trie.add(method, path, handler)
    this.#found.clear()
    if (!/[:*?{]/.test(path)) this.#fixed.add(path)
  }

  match(method: string, path: string): Result<Handler> {
    const known = this.#found.get(path)?.get(method)
    if (known !== undefined) return known
    const result = this.#trie.match(method, path)
    // Without a handler, the method may be any text of the caller.
    if (result[0].length > 0 && this.#fixed.has(path)) {
      const methods = this.#found.get(path) ?? new Map<string, Result<Handler>>()
      this.#found.set(path, methods.set(method, result))
    }
    return result
  }
}
