import { requireId } from '#lib/views/address-parts.ts';

export const load = ({ params }: { params: { id: string } }) => requireId(params.id);
