"""What training needs beside `fit`: a loop for steps of one's own, adversarial training, augmentation of image and mask."""
