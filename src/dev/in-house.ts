/** Exports for other folders of the package. They are not part of the door `edgemint/dev`. */
export { reachableUrl } from './issuer/admission.ts'
export { addLocalKey, endLocalKey, importLocalKeys } from './serve/local-keys.ts'
export { writeRestored } from './serve/restored.ts'
export { StateInUse } from './serve/state-dir.ts'
export { importSqlite, takeLock } from './serve/state-lock.ts'
