/** The registry of provider profiles: one row per kind of issuer, found by id. */
import { genericOidc } from './generic-oidc.ts'
import { githubActions } from './github-actions.ts'
import { gitlabCom, gitlabSelfManaged } from './gitlab.ts'
import { kubernetes } from './kubernetes.ts'
import type { ProviderProfile } from './profile.ts'

const PROVIDERS: ReadonlyMap<string, ProviderProfile> = new Map(
  [githubActions, gitlabCom, gitlabSelfManaged, kubernetes, genericOidc].map((profile) => [
    profile.id,
    profile,
  ]),
)

/**
 * The profile for what a document calls its provider. `gitlab` is the one short name: gitlab.com
 * unless the entry names an instance of its own.
 */
export function findProvider(id: string, issuerUrl?: string): ProviderProfile | undefined {
  if (id !== 'gitlab') return PROVIDERS.get(id)
  const isHosted = issuerUrl === undefined || issuerUrl === 'https://gitlab.com'
  return isHosted ? gitlabCom : gitlabSelfManaged
}

export function listProviders(): readonly string[] {
  return [...PROVIDERS.keys()]
}
