/**
 * The lines of an `.npmrc` that give npm a token for one registry. npm has no helper protocol. It
 * reads these lines, and replaces the name of an environment variable by its value.
 */
import { usageFailure } from '../../shell/failure.ts'

/**
 * Returns the key of the token in npm's format, such as `//registry.example.com/path/:_authToken`.
 */
function npmrcKey(registry: string): string {
  const { host, pathname } = new URL(registry)
  return `//${host}${pathname.replace(/\/*$/, '/')}:_authToken`
}

export function renderNpmrcLines(
  registry: string,
  value: string,
  npmScope: string | undefined,
): readonly string[] {
  const route = npmScope === undefined ? [] : [`${npmScope}:registry=${registry}`]
  return [...route, `${npmrcKey(registry)}=${value}`]
}

/** Replaces the lines that an earlier run wrote, and keeps every other line unchanged. */
export function mergeNpmrc(existing: string, lines: readonly string[]): string {
  const keys = lines.map(keyOf)
  const kept = existing.split('\n').filter((line) => !keys.includes(keyOf(line)))
  while (kept.at(-1)?.trim() === '') kept.pop()
  return [...kept, ...lines, ''].join('\n')
}

function keyOf(line: string): string {
  return line.slice(0, Math.max(0, line.indexOf('='))).trim()
}

export function checkNpmScope(scope: string | undefined): void {
  if (scope !== undefined && !/^@[a-z0-9][a-z0-9._~-]{0,213}$/.test(scope)) {
    throw usageFailure('--npm-scope must be an npm scope such as @acme')
  }
}

export function checkVariableName(name: string): void {
  if (!/^[A-Za-z_][A-Za-z0-9_]{0,127}$/.test(name)) {
    throw usageFailure('--env must be the name of a variable')
  }
}
