package casedoc

import (
	"context"

	"baosong/parse/container"
)

func (rd *reader) html(ctx context.Context, doc *Document, src source, label string) error {
	return container.ErrUnsupported
}
func (rd *reader) mhtml(ctx context.Context, doc *Document, src source) error {
	return container.ErrUnsupported
}
func (rd *reader) odt(ctx context.Context, doc *Document, src source) error {
	return container.ErrUnsupported
}
