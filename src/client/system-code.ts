/**
 * The system's own word for what went wrong, such as ECONNREFUSED, or the exit code of a command.
 * Never a message: that may hold anything.
 */
export function systemCode(error: unknown): string | number | undefined {
  const code = typeof error === 'object' && error !== null && 'code' in error ? error.code : ''
  if (typeof code === 'number') return code
  return typeof code === 'string' && /^[A-Z][A-Z0-9_]{1,40}$/.test(code) ? code : undefined
}
