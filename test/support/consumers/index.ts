/** The validator of each consumer, by the name of its preset. */
import type { PresetName } from '../../../src/protocol/token.ts'
import { validateAws } from './aws.ts'
import { validateDatabricks } from './databricks.ts'
import { validateEntra } from './entra.ts'
import { validateFulcio } from './fulcio.ts'
import { validateGoogle } from './google.ts'
import { validateKubernetes } from './kubernetes.ts'
import type { Validator } from './presented.ts'
import { validateSnowflake } from './snowflake.ts'
import { validateSpiffe } from './spiffe.ts'
import { validateVault } from './vault.ts'

/** `google-clients` is not in it: its consumer is an API of your own. */
export const VALIDATORS = {
  aws: validateAws,
  google: validateGoogle,
  entra: validateEntra,
  vault: validateVault,
  openbao: validateVault,
  kubernetes: validateKubernetes,
  snowflake: validateSnowflake,
  databricks: validateDatabricks,
  fulcio: validateFulcio,
  spiffe: validateSpiffe,
} as const satisfies Record<Exclude<PresetName, 'google-clients'>, Validator>
