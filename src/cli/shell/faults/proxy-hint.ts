/** Finds the refusal of an outbound proxy in the error of a request. */

/** Node gives the status of a proxy only in the text of an inner cause. */
const REFUSAL = /^Proxy response \((\d{3})\)/

/** Returns a hint if a proxy refused the tunnel to the host. No other text of the error is shown. */
export function findProxyHint(error: unknown): readonly string[] {
  if (!(error instanceof Error)) return []
  const status = REFUSAL.exec(error.message)?.[1]
  if (status === undefined) return findProxyHint(error.cause)
  const login = status === '407' ? ': add user:password@ to its URL' : ''
  return [`the proxy of HTTPS_PROXY refused the connection with ${status}${login}`]
}
