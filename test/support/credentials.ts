/** Who calls the local AWS services in tests; a server started by `npm start` makes a pair at random. */
export const CREDENTIALS = { accessKeyId: 'local', secretAccessKey: 'local' };
