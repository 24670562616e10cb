/** The part of Cloudflare's types that the caches of the Worker use. */

type KVNamespace = {
  get(key: string, type: 'text'): Promise<string | null>
  get(key: string, type: 'arrayBuffer'): Promise<ArrayBuffer | null>
}
