/** Reference data of `modal`. */
import type { ProviderReference } from '../reference.ts'
import { starting } from './shape.ts'

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
  shapes: {
    sub: starting('a text that begins with modal:', 'modal:'),
    workspace_id: starting('an id such as ac-12345abcd', 'ac-'),
    environment_id: starting('an id such as en-12345abcd', 'en-'),
    app_id: starting('an id such as ap-12345abcd', 'ap-'),
    function_id: starting('an id such as fu-12345abcd', 'fu-'),
    container_id: starting('an id such as ta-12345abcd', 'ta-'),
  },
  guide: {
    tokenRequest: {
      summary:
        'Function containers have the token in a variable. Sandboxes need include_oidc_identity_token=True. No way to choose the audience is known.',
      env: ['MODAL_IDENTITY_TOKEN'],
      command: null,
    },
    audience: 'issuer-fixed',
    lifetime: '172800 s (two days) in the documented sample.',
    subjectFormats: [
      'modal:workspace_id:{id}:environment_name:{env}:app_name:{app}:function_name:{fn}:container_id:{id}',
    ],
    traps: [
      'Tokens live two days and have the same audience for all customers and relying parties, so a leaked token can be used for long. Enforce a short maximum age and refuse a second use of a jti. Old containers must then restart to get a new token.',
      'The vendor recommends a wildcard on sub, in which only workspace_id is an id.',
      'Anyone in the workspace can create an app with any name. Pin at least environment_id.',
      'If an app name contains characters outside a small allowed set, its containers get no token and no error.',
    ],
    unverified: ['Signing algorithm (the docs mention RSA keys).'],
  },
}
