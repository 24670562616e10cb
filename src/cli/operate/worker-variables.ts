/**
 * Reads the Worker's variables and secrets from the environment of a command, with the parser of
 * the Worker. Reports an invalid variable before anything starts, and never its value.
 */

import { SETTING_TEXTS } from '../../contract/setting-texts.ts'
import { SETTINGS, type SettingName, SIGNING_KEY } from '../../contract/settings.ts'
import type { Ceilings } from '../../core/policy/compile/compiled.ts'
import { loadKeys, readSettings } from '../../core/settings.ts'
import { usageFailure } from '../shell/failure.ts'
import type { Environment } from '../shell/io.ts'

type Command = 'serve' | 'validate' | 'lint'

/** The settings that flags decide. The environment cannot change them. */
type Decided = { readonly issuer: string; readonly localIssuers: boolean }

/** Lists the settings that a command reads from its environment, in the order of the table. */
export function listSettings(command: Command): readonly SettingName[] {
  const names = Object.keys(SETTINGS) as SettingName[]
  return names.filter((name) => SETTING_TEXTS[name].commands.includes(command))
}

/** Returns the ceilings that a gateway with this environment sets. Throws a usage failure. */
export function readCeilings(
  environment: Environment,
  command: Command,
  decided: Decided,
): Ceilings {
  return read(environment, command, decided).ceilings
}

/** Returns the checked variables of the Worker. Throws a usage failure that names the variable. */
export async function gatherWorkerVariables(
  environment: Environment,
  decided: Decided,
): Promise<Readonly<Record<string, string>>> {
  read(environment, 'serve', decided)
  const given = Object.entries(environment).filter(
    (entry): entry is [string, string] => entry[1] !== undefined && entry[1].trim() !== '',
  )
  const keys = Object.fromEntries(given.filter(([name]) => SIGNING_KEY.test(name)))
  // Without keys in the environment, `serve` uses those of the state directory.
  if (Object.keys(keys).length > 0) {
    const [problem] = (await loadKeys(keys)).problems
    if (problem !== undefined) throw usageFailure(`${problem.variable} ${problem.message}`)
  }
  const names: readonly string[] = listSettings('serve')
  const settings = given.filter(([name]) => names.includes(name))
  return { ...Object.fromEntries(settings), ...keys }
}

/** Treats an empty variable as unset, because a shell or a CI job cannot always unset one. */
function read(environment: Environment, command: Command, { issuer, localIssuers }: Decided) {
  const names: readonly string[] = listSettings(command)
  const given = Object.entries(environment).filter(([name, value]) => {
    if (value?.trim() === '') return false
    if (Object.hasOwn(SETTINGS, name)) return names.includes(name)
    // Only `serve` signs. For other commands `SIGNING_KEY` belongs to another program of the job.
    return command === 'serve' || !name.toUpperCase().startsWith('SIGNING_KEY')
  })
  const settings = readSettings({
    ...Object.fromEntries(given),
    ISSUER: issuer,
    LOCAL_ISSUERS: String(localIssuers),
  })
  if (settings.ok) return settings.value
  const [problem] = settings.error
  throw usageFailure(`${problem?.variable} ${problem?.message}`)
}
