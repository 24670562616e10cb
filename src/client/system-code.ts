/**
 * Returns the system's error code, such as ECONNREFUSED, or the exit code of a command. It never
 * returns a message, because a message may contain secrets.
 */
export function systemCode(error: unknown): string | number | undefined {
  const code = typeof error === 'object' && error !== null && 'code' in error ? error.code : ''
  // A DOMException without a code has 0.
  if (typeof code === 'number') return code || undefined
  return typeof code === 'string' && /^[A-Z][A-Z0-9_]{1,40}$/.test(code) ? code : undefined
}
