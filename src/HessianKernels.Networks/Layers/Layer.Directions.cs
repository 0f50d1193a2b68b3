using HessianKernels.Networks.Tensors;

namespace HessianKernels.Networks.Layers;

// Several directions at one point: what does not depend on the direction is there once for all of them.
public abstract partial class Layer
{
    /// <summary>
    /// ForwardTangent, of order 1, along each of <see cref="LayerViews{TView}.Directions"/>, as for one alone. Here one after the
    /// other; a layer that can share work between them does.
    /// </summary>
    public virtual void ForwardTangents<TView>(in LayerViews<TView> views) where TView : allows ref struct
    {
        for (int direction = 0; direction < views.Directions; direction++)
        {
            LayerViews<TView> own = Along(views, direction);
            if (views.Directions > 1)
                own.OutputTangent = Part(views.Space, views.OutputTangent, direction, (long)views.Examples * Output.Length);
            ForwardTangent(own);
        }
    }

    /// <summary>BackwardTangent along each of the directions, as <see cref="ForwardTangents"/>.</summary>
    public virtual void BackwardTangents<TView>(in LayerViews<TView> views) where TView : allows ref struct
    {
        for (int direction = 0; direction < views.Directions; direction++)
        {
            LayerViews<TView> own = Along(views, direction);
            if (views.Directions > 1)
            {
                ITensorSpace<TView> space = views.Space;
                own.GradientTangent = space.Slice(views.GradientTangent, direction * views.ParameterStride, ParameterCount);
                own.OutputSignalTangent = Part(space, views.OutputSignalTangent, direction, (long)views.Examples * Output.Length);
                if (views.InputSignalWanted)
                    own.InputSignalTangent = Part(space, views.InputSignalTangent, direction, (long)views.Examples * Input.Length);
            }

            BackwardTangent(own);
        }
    }

    /// <summary>The tensors that both calls read along one of the directions.</summary>
    private LayerViews<TView> Along<TView>(scoped in LayerViews<TView> views, int direction) where TView : allows ref struct
    {
        LayerViews<TView> own = views;
        if (views.Directions == 1) return own;
        own.Directions = 1;
        own.Direction = views.Space.Slice(views.Direction, direction * views.ParameterStride, ParameterCount);
        own.TangentState = Part(views.Space, views.TangentState, direction, TangentLength(views.Examples, 1));
        if (views.InputMoves) own.InputTangent = Part(views.Space, views.InputTangent, direction, (long)views.Examples * Input.Length);
        return own;
    }

    private static TView Part<TView>(ITensorSpace<TView> space, TView all, int direction, long length) where TView : allows ref struct
        => space.Slice(all, direction * length, length);
}
