/** Where the body of a request ends. */
import type { IncomingMessage } from 'node:http'

/**
 * Returns what is wrong with the length of a body, or undefined. Node accepts an empty encoding beside
 * a length, and encodings before `chunked`. workerd would read another length, or other bytes, than the
 * front (request smuggling, RFC 9112 §6.3).
 */
export function findFramingFault({
  headers,
}: Pick<IncomingMessage, 'headers'>): string | undefined {
  const encoding = headers['transfer-encoding']
  if (encoding === undefined) return undefined
  const isChunked = encoding.toLowerCase() === 'chunked'
  if (isChunked && headers['content-length'] === undefined) return undefined
  return 'the body must have one length: content-length, or chunked encoding'
}
