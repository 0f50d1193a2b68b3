using HessianKernels.Networks.Tensors;

namespace HessianKernels.Networks.Layers;

/// <remarks>The sums and products over groups, once for the whole groups and once for the rest.</remarks>
public abstract partial class NormalizationLayer
{
    private long Elements(int examples) => (long)examples * Output.Length;

    private long GroupCount(int examples)
    {
        (GroupShape whole, GroupShape rest) = Groups(examples);
        return whole.Groups + rest.Groups;
    }

    private GroupShape Channels<TView>(in LayerViews<TView> views) where TView : allows ref struct
        => GroupShape.Columns(checked(views.Examples * Output.Positions), channels);

    private TView ScaleOf<TView>(in LayerViews<TView> views, TView parameters) where TView : allows ref struct
        => views.Space.Slice(parameters, 0, channels);

    private TView ShiftOf<TView>(in LayerViews<TView> views, TView parameters) where TView : allows ref struct
        => views.Space.Slice(parameters, channels, channels);

    /// <summary>h.</summary>
    private TView Normalized<TView>(in LayerViews<TView> views) where TView : allows ref struct
        => views.Space.Slice(views.State, 0, Elements(views.Examples));

    /// <summary>r, a number a group.</summary>
    private TView Reciprocal<TView>(in LayerViews<TView> views) where TView : allows ref struct
        => views.Space.Slice(views.State, Elements(views.Examples), GroupCount(views.Examples));

    /// <summary>The i-th of the tensors of one number a group that lie in <paramref name="view"/>.</summary>
    private TView Coefficient<TView>(in LayerViews<TView> views, TView view, int i) where TView : allows ref struct
        => views.Space.Slice(view, i * GroupCount(views.Examples), GroupCount(views.Examples));

    /// <summary><c>x -= E[x]</c>; the room is overwritten.</summary>
    private void Center<TView>(in LayerViews<TView> views, TView x, TView room) where TView : allows ref struct
    {
        Mean(views, -1, x, false, room);
        Add(views, room, x);
    }

    /// <summary><c>result (+)= scale E[x]</c>.</summary>
    private void Mean<TView>(in LayerViews<TView> views, double scale, TView x, bool accumulate, TView result)
        where TView : allows ref struct
    {
        for (Block at = First(views.Examples); !at.IsEmpty; at = at.Next)
            views.Space.SumGroups(
                at.Shape, scale / at.Shape.Count, at.Of(views.Space, x), accumulate, at.CoefficientsOf(views.Space, result));
    }

    /// <summary><c>result (+)= scale E[x y]</c>.</summary>
    private void Mean<TView>(in LayerViews<TView> views, double scale, TView x, TView y, bool accumulate, TView result)
        where TView : allows ref struct
    {
        for (Block at = First(views.Examples); !at.IsEmpty; at = at.Next)
        {
            views.Space.DotGroups(
                at.Shape, scale / at.Shape.Count, at.Of(views.Space, x), at.Of(views.Space, y), accumulate,
                at.CoefficientsOf(views.Space, result));
        }
    }

    /// <summary><c>y += shift</c>, a number a group.</summary>
    private void Add<TView>(in LayerViews<TView> views, TView shift, TView y) where TView : allows ref struct
    {
        for (Block at = First(views.Examples); !at.IsEmpty; at = at.Next)
            views.Space.AddToGroups(at.Shape, 1, at.CoefficientsOf(views.Space, shift), at.Of(views.Space, y));
    }

    /// <summary><c>result (+)= factor x</c>, a factor a group.</summary>
    private void Scale<TView>(in LayerViews<TView> views, TView factor, TView x, bool accumulate, TView result)
        where TView : allows ref struct
    {
        for (Block at = First(views.Examples); !at.IsEmpty; at = at.Next)
            views.Space.ScaleGroups(
                at.Shape, at.CoefficientsOf(views.Space, factor), at.Of(views.Space, x), accumulate, at.Of(views.Space, result));
    }

    private Block First(int examples)
    {
        (GroupShape whole, GroupShape rest) = Groups(examples);
        Block first = new(whole, rest, 0, 0);
        return first.IsEmpty ? first.Next : first;
    }

    /// <summary>Groups of one shape, and where they begin.</summary>
    private readonly record struct Block(GroupShape Shape, GroupShape Rest, long Element, long Group)
    {
        public bool IsEmpty => Shape.Outer == 0;

        public Block Next => new(Rest, default, Element + Shape.Length, Group + Shape.Groups);

        public TView Of<TView>(ITensorSpace<TView> space, TView x) where TView : allows ref struct => space.Slice(x, Element, Shape.Length);

        public TView CoefficientsOf<TView>(ITensorSpace<TView> space, TView x) where TView : allows ref struct
            => space.Slice(x, Group, Shape.Groups);
    }
}
