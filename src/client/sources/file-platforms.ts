/** Service account tokens that Kubernetes projects into a pod, for Edgemint or for Azure. */
import { readVariable, type SourceRow, valueRow } from './row.ts'

/** The path at which the examples mount the token. */
const PROJECTED_FILE = '/var/run/secrets/edgemint/token'
const MARKER = 'KUBERNETES_SERVICE_HOST'
const OTHER_FILE = 'EDGEMINT_SUBJECT_TOKEN_FILE'

export const KUBERNETES: SourceRow = {
  name: 'kubernetes',
  async look(platform) {
    const fits = await platform.readFile(PROJECTED_FILE).then(
      () => true,
      () => false,
    )
    const isNear = !fits && readVariable(platform, MARKER) !== undefined
    const missing = `${PROJECTED_FILE} does not exist`
    const hint = `mount a projected token there, or set ${OTHER_FILE}`
    if (fits) return { fits, isNear, reason: `${PROJECTED_FILE} exists` }
    return { fits, isNear, reason: isNear ? `${MARKER} set, but ${missing}: ${hint}` : missing }
  },
  ask: (platform) => platform.readFile(readVariable(platform, OTHER_FILE) ?? PROJECTED_FILE),
}

/** Azure's webhook sets a fixed audience: `api://AzureADTokenExchange`. */
export const AZURE_WORKLOAD_IDENTITY = valueRow(
  'azure-workload-identity',
  'AZURE_FEDERATED_TOKEN_FILE',
  ({ readFile }, path) => readFile(path),
)
