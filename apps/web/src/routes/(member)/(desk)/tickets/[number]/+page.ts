import { redirect } from '@sveltejs/kit';

/** A ticket's short address, as people paste it to each other. */
export function load({ params }: { params: { number: string } }): never {
  redirect(307, `/views/open/${params.number}`);
}
