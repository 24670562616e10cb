/** Changes a signed token, so that its signature no longer fits. */
type Change = 'alg_none' | 'signature' | 'payload'

export function tamper(how: Change | undefined, token: string): string {
  const [header = '', payload = '', signature = ''] = token.split('.')
  const decode = (text: string) => Buffer.from(text, 'base64url').toString()
  const encode = (text: string) => Buffer.from(text).toString('base64url')
  if (how === 'alg_none') return `${encode('{"alg":"none"}')}.${payload}.${signature}`
  if (how === 'signature') {
    return `${header}.${payload}.${signature.startsWith('A') ? 'B' : 'A'}${signature.slice(1)}`
  }
  if (how === 'payload') {
    return `${header}.${encode(decode(payload).replace('"push"', '"pull"'))}.${signature}`
  }
  return token
}
