package crashtest

import (
	"context"
	"io"
	"syscall"
	"time"

	"github.com/hanwen/go-fuse/v2/fs"
	"github.com/hanwen/go-fuse/v2/fuse"
	"golang.org/x/exp/slog"
	"golang.org/x/sys/unix"
)

// node is a volume's file or directory as FUSE sees it. The kernel keeps no writes back: each one is here before it returns,
// and is in the pages that are mapped.
type node struct {
	fs.Inode
	v  *volume
	no int
}

var (
	_ fs.NodeLookuper  = (*node)(nil)
	_ fs.NodeGetattrer = (*node)(nil)
	_ fs.NodeSetattrer = (*node)(nil)
	_ fs.NodeOpener    = (*node)(nil)
	_ fs.NodeReader    = (*node)(nil)
	_ fs.NodeWriter    = (*node)(nil)
	_ fs.NodeFsyncer   = (*node)(nil)
	_ fs.NodeAllocater = (*node)(nil)
	_ fs.NodeCreater   = (*node)(nil)
	_ fs.NodeMkdirer   = (*node)(nil)
	_ fs.NodeLinker    = (*node)(nil)
	_ fs.NodeRenamer   = (*node)(nil)
	_ fs.NodeUnlinker  = (*node)(nil)
)

// serve answers the kernel on a descriptor of /dev/fuse that the child has mounted. It returns when it is mounted no more.
func serve(v *volume, device string) error {
	long := time.Hour // nobody else changes anything
	raw := fs.NewNodeFS(&node{v: v, no: root}, &fs.Options{EntryTimeout: &long, AttrTimeout: &long})
	s, err := fuse.NewServer(raw, device, &fuse.MountOptions{
		DisableXAttrs: true,
		// It would say on standard error that the child was killed.
		Logger: slog.NewLogLogger(slog.NewTextHandler(io.Discard, nil), slog.LevelInfo),
	})
	if err != nil {
		return err
	}
	s.Serve()
	return nil
}

func (n *node) attr(out *fuse.Attr) {
	isDir, size, names := n.v.stat(n.no)
	out.Ino, out.Size, out.Nlink, out.Mode = uint64(n.no), uint64(size), uint32(names), fuse.S_IFREG|0o600
	if isDir {
		out.Mode = fuse.S_IFDIR | 0o700
	}
}

// child is the inode of a node that has a name in this directory.
func (n *node) child(ctx context.Context, no int, out *fuse.EntryOut) *fs.Inode {
	c := &node{v: n.v, no: no}
	c.attr(&out.Attr)
	return n.NewInode(ctx, c, fs.StableAttr{Mode: out.Mode & syscall.S_IFMT, Ino: uint64(no)})
}

func (n *node) Lookup(ctx context.Context, name string, out *fuse.EntryOut) (*fs.Inode, syscall.Errno) {
	no := n.v.node(n.no, name)
	if no == 0 {
		return nil, syscall.ENOENT
	}
	return n.child(ctx, no, out), 0
}

func (n *node) Getattr(_ context.Context, _ fs.FileHandle, out *fuse.AttrOut) syscall.Errno {
	n.attr(&out.Attr)
	return 0
}

func (n *node) Setattr(_ context.Context, _ fs.FileHandle, in *fuse.SetAttrIn, out *fuse.AttrOut) (errno syscall.Errno) {
	if size, ok := in.GetSize(); ok {
		errno = n.v.resize(n.no, int64(size))
	}
	n.attr(&out.Attr)
	return errno
}

func (n *node) Open(context.Context, uint32) (fs.FileHandle, uint32, syscall.Errno) {
	return nil, fuse.FOPEN_KEEP_CACHE, 0
}

func (n *node) Read(_ context.Context, _ fs.FileHandle, to []byte, at int64) (fuse.ReadResult, syscall.Errno) {
	return fuse.ReadResultData(n.v.read(n.no, to, at)), 0
}

func (n *node) Write(_ context.Context, _ fs.FileHandle, data []byte, at int64) (uint32, syscall.Errno) {
	return uint32(len(data)), n.v.write(n.no, data, at)
}

func (n *node) Fsync(context.Context, fs.FileHandle, uint32) syscall.Errno { return n.v.sync(n.no) }

func (n *node) Allocate(_ context.Context, _ fs.FileHandle, at, size uint64, mode uint32) syscall.Errno {
	switch mode {
	case 0:
		return n.v.allocate(n.no, int64(at+size))
	case unix.FALLOC_FL_KEEP_SIZE:
		return 0 // there is always room
	}
	return syscall.EOPNOTSUPP
}

func (n *node) Create(ctx context.Context, name string, _, _ uint32, out *fuse.EntryOut) (*fs.Inode, fs.FileHandle, uint32, syscall.Errno) {
	child, errno := n.put(ctx, name, n.v.make(false), out)
	return child, nil, fuse.FOPEN_KEEP_CACHE, errno
}

func (n *node) Mkdir(ctx context.Context, name string, _ uint32, out *fuse.EntryOut) (*fs.Inode, syscall.Errno) {
	return n.put(ctx, name, n.v.make(true), out)
}

func (n *node) Link(ctx context.Context, target fs.InodeEmbedder, name string, out *fuse.EntryOut) (*fs.Inode, syscall.Errno) {
	return n.put(ctx, name, target.(*node).no, out)
}

func (n *node) put(ctx context.Context, name string, no int, out *fuse.EntryOut) (*fs.Inode, syscall.Errno) {
	if errno := n.v.name(n.no, map[string]int{name: no}); errno != 0 {
		return nil, errno
	}
	return n.child(ctx, no, out), 0
}

// Rename knows one directory only: the store has no need of two.
func (n *node) Rename(_ context.Context, name string, to fs.InodeEmbedder, newName string, flags uint32) syscall.Errno {
	if to.(*node).no != n.no || flags != 0 {
		return syscall.EXDEV
	}
	return n.v.name(n.no, map[string]int{name: 0, newName: n.v.node(n.no, name)})
}

func (n *node) Unlink(_ context.Context, name string) syscall.Errno {
	return n.v.name(n.no, map[string]int{name: 0})
}
