/** Exports for other folders of the package. They are not part of the door `edgemint/dev`. */
export { reachableUrl } from './issuer/admission.ts'
export { CertificateUnusable } from './production/certificate.ts'
export { parseProxies } from './production/client-address.ts'
export { addLocalKey, endLocalKey, importLocalKeys } from './serve/local-keys.ts'
export { StateInUse } from './serve/state-dir.ts'
export { StateTooNew } from './serve/state-version.ts'
