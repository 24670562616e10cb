/**
 * Copies the body of a request while it is streamed, so that the request can be sent again when the
 * upstream asks for a nonce. A large body is not copied.
 */
import { once } from 'node:events'
import type { IncomingMessage } from 'node:http'
import { MAX_COPIED_BODY_BYTES } from '../../shell/limits.ts'

export type BodyCopy = {
  /** Begins to copy. Call it when the body begins to flow, because a listener makes it flow. */
  readonly start: () => void
  /** The whole body, or undefined if it is too large, or of unknown length and not yet complete. */
  readonly whole: () => Promise<Buffer | undefined>
}

export function copyBody(request: IncomingMessage): BodyCopy {
  const chunks: Buffer[] = []
  let bytes = 0
  return {
    start() {
      request.on('data', (chunk: Buffer) => {
        bytes += chunk.byteLength
        if (bytes <= MAX_COPIED_BODY_BYTES) chunks.push(chunk)
        else chunks.length = 0
      })
    },
    async whole() {
      // An upstream may refuse a request before the body has arrived. A short rest will follow.
      const length = Number(request.headers['content-length'] ?? Number.POSITIVE_INFINITY)
      if (length <= MAX_COPIED_BODY_BYTES && !request.readableEnded) {
        request.resume()
        await once(request, 'end')
      }
      const isWhole = request.readableEnded && bytes <= MAX_COPIED_BODY_BYTES
      return isWhole ? Buffer.concat(chunks) : undefined
    },
  }
}
