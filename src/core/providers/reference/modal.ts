/** Reference data of `modal`. */
import type { ProviderReference } from '../reference.ts'

export const modalReference: ProviderReference = {
  contact: 'https://modal.com/docs/guide/oidc-integration',
  discovery: '{issuer}/.well-known/openid-configuration',
  keySet: null,
  sources: {
    discovery: 'https://modal.com/docs/guide/oidc-integration',
    lifetime: 'https://modal.com/docs/guide/oidc-integration',
    claims: 'https://modal.com/docs/guide/oidc-integration',
  },
  claims: {
    workspace_id: 'Workspace id (ac-...).',
    environment_id: 'Environment id (en-...).',
    environment_name: 'Environment name.',
    app_id: 'App id (ap-...); new for ephemeral apps.',
    app_name: 'App name, chosen by the author.',
    function_id: 'Function id (fu-...).',
    function_name: 'Function name.',
    container_id: 'Container id (ta-...).',
  },
  guide: {
    tokenRequest: {
      summary:
        'Injected into Function containers; Sandboxes need include_oidc_identity_token=True. No way to choose the audience was found.',
      env: ['MODAL_IDENTITY_TOKEN'],
      command: null,
    },
    audience: 'issuer-fixed',
    lifetime: '172800 s (two days) in the documented sample.',
    subjectFormats: [
      'modal:workspace_id:{id}:environment_name:{env}:app_name:{app}:function_name:{fn}:container_id:{id}',
    ],
    traps: [
      'Two-day tokens with one constant audience for all customers and relying parties: a leaked or replayed token stays useful for long. Enforce a short maximum age from iat and refuse a second use of a jti, or accept that old containers must restart.',
      'The vendor recommends a wildcard on sub; only workspace_id is an id there.',
      'Anyone in the workspace can create an app with any name: pin environment_id at least.',
      'App names outside a small character set switch token injection off silently.',
    ],
    unverified: ['Signing algorithm (docs speak of RSA keys).'],
  },
}
