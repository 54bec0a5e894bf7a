export { makeDemo } from './make-demo.ts';
export { demoPassword, members as demoMembers } from './people.ts';
