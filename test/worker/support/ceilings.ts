/** The ceilings of the deployment in tests. The trust store compiles its forms for them. */
import { env } from 'cloudflare:workers'
import type { Ceilings } from '../../../src/core/policy/compile/compiled.ts'
import { readSettings } from '../../../src/core/settings.ts'

export function ceilingsOfTests(): Ceilings {
  const settings = readSettings(env as never)
  if (!settings.ok) throw new Error('the settings are invalid')
  return settings.value.ceilings
}
