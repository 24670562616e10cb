/** All presets by name. */
import type { PresetName } from '../../../protocol/token.ts'
import { AWS } from './aws.ts'
import { DATABRICKS } from './databricks.ts'
import { ENTRA } from './entra.ts'
import { FULCIO } from './fulcio.ts'
import { GOOGLE } from './google.ts'
import { GOOGLE_CLIENTS } from './google-clients.ts'
import { KUBERNETES } from './kubernetes.ts'
import { OPENBAO } from './openbao.ts'
import type { Preset } from './preset.ts'
import { SNOWFLAKE } from './snowflake.ts'
import { SPIFFE } from './spiffe.ts'
import { VAULT } from './vault.ts'

export const PRESETS = {
  aws: AWS,
  google: GOOGLE,
  entra: ENTRA,
  vault: VAULT,
  openbao: OPENBAO,
  kubernetes: KUBERNETES,
  snowflake: SNOWFLAKE,
  databricks: DATABRICKS,
  fulcio: FULCIO,
  spiffe: SPIFFE,
  'google-clients': GOOGLE_CLIENTS,
} as const satisfies Record<PresetName, Preset>
