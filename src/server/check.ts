export {checkFile} from '../storage/lmdb/check-file.ts';
