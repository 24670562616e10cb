/** The names of providers in other tools, and in the words of people. */

/** By the id of the provider: names that do not begin like an id, or that begin like another one. */
const OTHER_NAMES: Readonly<Record<string, readonly string[]>> = {
  'entra-id': ['azure', 'azure-ad', 'azuread', 'entra', 'microsoft'],
  'google-service-account': ['gcp', 'google-cloud', 'gce'],
  kubernetes: ['k8s', 'openshift'],
  'generic-oidc': ['oidc', 'generic', 'custom', 'keycloak', 'dex'],
  'github-enterprise-server': ['ghes'],
  'forgejo-actions': ['gitea', 'codeberg'],
  'hcp-terraform': ['tfc', 'terraform', 'terraform-cloud'],
  'spiffe-jwt-svid': ['spiffe', 'spire'],
  'vault-identity': ['vault', 'openbao'],
}

/** Returns the id of the provider with this name, in lower case; undefined for any other text. */
export function findMeantProvider(text: string): string | undefined {
  const name = text.replaceAll(/[\s_]/g, '-')
  return Object.entries(OTHER_NAMES).find(([, names]) => names.includes(name))?.[0]
}
