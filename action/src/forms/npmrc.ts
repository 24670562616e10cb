/**
 * A user configuration for npm with the token of one registry. npm reads only one such file, so this
 * one copies the current configuration. npm uses the last line for a setting, so the token comes last.
 */
import { homedir } from 'node:os'
import { join } from 'node:path'
import type { Deliver, Surroundings } from '../delivery.ts'
import type { Place } from '../place.ts'
import { readConfiguration } from '../read-configuration.ts'

export function prepareNpmrc(
  { place }: { readonly place: Place },
  { directory, environment }: Surroundings,
): Deliver {
  const before = readConfiguration(
    environment.NPM_CONFIG_USERCONFIG ||
      environment.npm_config_userconfig ||
      join(homedir(), '.npmrc'),
    environment,
  )
  const kept = before === undefined || before.endsWith('\n') ? (before ?? '') : `${before}\n`
  const registry = `//${place.host}${place.path.endsWith('/') ? place.path : `${place.path}/`}`
  const path = join(directory, 'npmrc')
  return (token) => ({
    files: [{ path, content: `${kept}${registry}:_authToken=${token}\n` }],
    variables: { NPM_CONFIG_USERCONFIG: path },
  })
}
