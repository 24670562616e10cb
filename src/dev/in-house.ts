/** Exports for other folders of the package. They are not part of the entry point `edgemint/dev`. */

export {
  keepForOwner,
  makeDirectory,
  makeOwnDirectory,
  readOwnFile,
  refuseLink,
  refuseLinksBelow,
} from './files/safe-files.ts'
export { reachableUrl } from './issuer/admission.ts'
export { awaitLock, takeLock } from './locks/process-lock.ts'
export { importSqlite } from './locks/sqlite.ts'
export { type Person, parsePeople } from './people/person.ts'
export { CertificateUnusable } from './production/certificate.ts'
export { parseProxies } from './production/client-address.ts'
export { addLocalKey, endLocalKey, importLocalKeys, lockLocalKeys } from './serve/local-keys.ts'
export { writeRestored } from './serve/restored.ts'
export { StateInUse } from './serve/state-dir.ts'
export { StateTooNew } from './serve/state-version.ts'
export { requireObjects, StateIncomplete } from './serve/stored-objects.ts'
